import type { FastifyReply } from 'fastify';
import { toFormTarget } from '../config/redirectUri.ts';
import { styleHash } from './layout.ts';

/**
 * Sends a page that runs no script, is in no frame and in no cache. `redirectUri` is where its form may end up: browsers
 * apply `form-action` to the redirect that answers the form, too.
 */
export function sendPage(reply: FastifyReply, status: number, page: string, redirectUri?: string): FastifyReply {
  const formTargets = redirectUri === undefined ? "'self'" : `'self' ${toFormTarget(redirectUri)}`;
  const policy = [
    "default-src 'none'",
    `style-src '${styleHash}'`,
    `form-action ${formTargets}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return reply
    .code(status)
    .headers({ 'content-security-policy': policy.join('; '), 'x-frame-options': 'DENY' })
    .type('text/html; charset=utf-8')
    .send(page);
}
