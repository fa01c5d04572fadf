/** The address that the browser returns to the client with (RFC 6749 section 4.1.2); parameters without a value are left out. */
export function toRedirectBack(redirectUri: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}
