import { defineConfig, readTypeDefs } from '../../../../src/index.ts';

export default defineConfig({ typeDefs: readTypeDefs(new URL('.', import.meta.url)), permissions: {} });
