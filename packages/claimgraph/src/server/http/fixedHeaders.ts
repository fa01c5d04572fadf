/**
 * What every answer says, whatever is in it. The first twelve are what helmet 8 sends with a policy that allows a page
 * nothing, for nothing here is a page; a test holds them to helmet's own.
 */
export const fixedHeaders = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
  // What one caller may see must not be kept for another (RFC 9111 section 3.5).
  'cache-control': 'private, no-store',
} as const;
