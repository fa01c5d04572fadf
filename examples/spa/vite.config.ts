import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';

export default defineConfig(({ mode }) => {
  const env = loadEnv(mode, import.meta.dirname, 'VITE_');
  for (const name of ['VITE_API_URL', 'VITE_ISSUER', 'VITE_CLIENT_ID', 'VITE_POOL_URL']) {
    if (!env[name]) throw new Error(`${name} is not set: see .env.development and README.md`);
  }
  return {
    plugins: [react()],
    server: { port: 5173, strictPort: true },
    // claimgraph-client is taken from its source beside this folder, and the libraries that it adapts from here.
    resolve: {
      conditions: ['source', 'module', 'browser', 'development|production'],
      dedupe: ['@apollo/client', 'react'],
    },
    optimizeDeps: { exclude: ['claimgraph-client'] },
  };
});
