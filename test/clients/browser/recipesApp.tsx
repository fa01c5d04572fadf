import { signIn } from 'aws-amplify/auth';
import { createRoot } from 'react-dom/client';
import type { TokenManager } from '../../../packages/client/src/index.ts';
import './appSettings.ts';
import { createUserManager, signOut, startSession } from '../recipes/oidcClientTs.ts';
import { Session, Who } from '../recipes/reactOidcContext.tsx';

/** The recipes for signing in, as docs/clients shows them, for tests to drive: at `/amplify` that of aws-amplify. */
export interface RecipesApp {
  readonly manager: TokenManager;
  /** Of oidc-client-ts: leaves for the user pool. */
  signOut?(): Promise<void>;
  /** Of aws-amplify. */
  signIn?(username: string): Promise<void>;
}

declare global {
  interface Window {
    recipes: RecipesApp;
  }
}

const { issuer, poolUrl, domain } = window.settings;
const clientId = 'investments-spa';

async function showOidc(): Promise<RecipesApp> {
  const userManager = createUserManager(issuer, clientId);
  const manager = await startSession(userManager);
  createRoot(document.body).render(
    <Session userManager={userManager}>
      <Who manager={manager} />
    </Session>,
  );
  return { manager, signOut: () => signOut(userManager, poolUrl) };
}

async function startAmplify(): Promise<RecipesApp> {
  const amplify = await import('../recipes/awsAmplify.ts');
  const pool = { userPoolId: 'local_claimgraph', userPoolClientId: clientId, userPoolEndpoint: poolUrl, domain };
  const manager = amplify.startSession(pool);
  return { manager, signIn: async (username) => void (await signIn({ username, password: 'demo' })) };
}

window.recipes = location.pathname === '/amplify' ? await startAmplify() : await showOidc();
window.settings.isReady = true;
