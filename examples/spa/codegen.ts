import type { CodegenConfig } from '@graphql-codegen/cli';
import { clientPresetConfig } from '../../packages/client/src/codegen.ts';

const config: CodegenConfig = {
  schema: '../../schema/*.graphql',
  documents: 'src/**/*.{ts,tsx}',
  ignoreNoDocuments: true,
  generates: {
    'src/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: clientPresetConfig,
    },
  },
};

export default config;
