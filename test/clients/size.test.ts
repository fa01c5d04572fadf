import { expect, test } from 'vitest';
import { measureSizes } from './support/measureSizes.ts';

test('the core, all that index.ts exports, has at most 3 KB', async () => {
  expect((await measureSizes()).get('core')).toBeLessThanOrEqual(3 * 1024);
});
