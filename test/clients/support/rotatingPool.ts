import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Api, Persona } from './api.ts';

/** What somebody holds after they signed in. */
export interface SignedIn {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Who issues tokens, on loopback: rotates refresh tokens without a grace period, and ends a sign-in when an old one comes back. */
export interface RotatingPool {
  readonly url: string;
  /** Signs somebody in; by default with an access token that has just expired. */
  signIn(persona: Persona, claims?: Readonly<Record<string, unknown>>): Promise<SignedIn>;
  /** Refreshes that were answered with tokens. */
  refreshCount(): number;
  /** Refresh tokens that came again after they had been used. */
  reuseCount(): number;
  /** Answers the next requests with this status and no body. */
  failNext(times: number, status: number): void;
  /** Ends every sign-in. */
  revokeAll(): void;
  close(): Promise<void>;
}

interface Family {
  readonly persona: Persona;
  isRevoked: boolean;
}

/** Claims of a token that expired an hour ago, after the same sign-in. */
export function expiredClaims() {
  const now = Math.floor(Date.now() / 1000);
  return { iat: now - 7_200, auth_time: now - 7_200, exp: now - 3_600 };
}

export async function startRotatingPool(api: Pick<Api, 'tokenOf'>): Promise<RotatingPool> {
  const live = new Map<string, Family>();
  const used = new Map<string, Family>();
  let refreshes = 0;
  let reuses = 0;
  let failures = { times: 0, status: 503 };

  function issueRefreshToken(family: Family): string {
    const refreshToken = randomUUID();
    live.set(refreshToken, family);
    return refreshToken;
  }

  /** New tokens for a refresh token, or null where it is good for nothing. */
  async function refresh(refreshToken: string): Promise<SignedIn | null> {
    const reused = used.get(refreshToken);
    if (reused) {
      reuses += 1;
      reused.isRevoked = true;
    }
    const family = live.get(refreshToken);
    if (!family || family.isRevoked) return null;
    live.delete(refreshToken);
    used.set(refreshToken, family);
    refreshes += 1;
    const accessToken = await api.tokenOf(family.persona, { jti: randomUUID() });
    return { accessToken, refreshToken: issueRefreshToken(family) };
  }

  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    if (failures.times > 0) {
      failures = { ...failures, times: failures.times - 1 };
      response.writeHead(failures.status).end();
    } else if (request.headers['x-amz-target'] === undefined) {
      sendOAuth(response, await refresh(new URLSearchParams(body).get('refresh_token') ?? ''));
    } else {
      sendCognito(response, await refresh(JSON.parse(body).RefreshToken));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    async signIn(persona, claims = expiredClaims()) {
      const accessToken = await api.tokenOf(persona, claims);
      return { accessToken, refreshToken: issueRefreshToken({ persona, isRevoked: false }) };
    },
    refreshCount: () => refreshes,
    reuseCount: () => reuses,
    failNext(times, status) {
      failures = { times, status };
    },
    revokeAll() {
      for (const family of live.values()) family.isRevoked = true;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** RFC 6749 sections 5.1 and 5.2. */
function sendOAuth(response: ServerResponse, tokens: SignedIn | null): void {
  response.writeHead(tokens ? 200 : 400, { 'content-type': 'application/json' }).end(
    JSON.stringify(
      tokens
        ? {
            access_token: tokens.accessToken,
            refresh_token: tokens.refreshToken,
            token_type: 'Bearer',
            expires_in: 3600,
          }
        : { error: 'invalid_grant' },
    ),
  );
}

/** GetTokensFromRefreshToken of Cognito's JSON API. */
function sendCognito(response: ServerResponse, tokens: SignedIn | null): void {
  const type = 'application/x-amz-json-1.1';
  if (!tokens) {
    const error = { __type: 'NotAuthorizedException', message: 'Invalid Refresh Token' };
    response.writeHead(400, { 'content-type': type }).end(JSON.stringify(error));
    return;
  }
  const result = { AccessToken: tokens.accessToken, RefreshToken: tokens.refreshToken, TokenType: 'Bearer' };
  response.writeHead(200, { 'content-type': type }).end(JSON.stringify({ AuthenticationResult: result }));
}
