import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ConsoleResponse } from 'claimgraph/inspect';
import type { SignIn } from './wire.ts';

const folder = fileURLToPath(new URL('../static/', import.meta.url));

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** In the built page, where each visit's own nonce comes. */
const noncePlace = '__NONCE__';

/** Answers with the built page and its files, which are read once. */
export function readPage(): (path: string, method: string, signIn: SignIn | null) => ConsoleResponse | undefined {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+$/.test(name));
  const files = new Map(names.map((name) => [name.replaceAll('\\', '/'), readFileSync(`${folder}/${name}`)]));
  return (path, method, signIn) => {
    if (method !== 'GET' && method !== 'HEAD') return undefined;
    const name = path === '/' || path === '/console' ? 'index.html' : path.slice('/console/'.length);
    const file = files.get(name);
    if (!file) return undefined;
    const type = { 'content-type': types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream' };
    if (name !== 'index.html') {
      // Names of assets have a hash of what is in them.
      const kept = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
      return { status: 200, headers: { ...type, 'cache-control': kept }, body: file };
    }
    const nonce = randomBytes(16).toString('base64');
    const headers = {
      ...type,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': toPolicy(nonce, signIn),
    };
    return { status: 200, headers, body: file.toString('utf8').replaceAll(noncePlace, nonce) };
  };
}

/** Its own scripts and no others; styles of its own and of the editor, which has the nonce; tokens from where people sign in. */
function toPolicy(nonce: string, signIn: SignIn | null): string {
  const tokens = signIn ? ` ${new URL(signIn.tokenUrl).origin}` : '';
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    `connect-src 'self'${tokens}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join(';');
}
