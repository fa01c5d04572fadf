import { expect, test } from 'vitest';
import { demoPool } from '../../dev/demoPool.ts';
import { createLandingPage } from '../../dev/landingPage.ts';

const local = { url: 'http://localhost:4010', issuer: 'http://localhost:4010/local_claimgraph', config: demoPool };

test('the page of the local API says where it is asked, by whom, and where people sign in', () => {
  const page = createLandingPage({ pools: [], issuers: [], local, close: async () => {} });
  page?.servedAt('http://localhost:4321');
  const html = page?.html() ?? '';
  expect(html.match(/curl -s http:\/\/localhost:4321\/graphql /g)).toHaveLength(2);
  expect(html).toContain('npm run --silent token -- global-admin');
  expect(html).toContain('<a href="http://localhost:4010/">');
  expect(html).toContain('docs/');
  expect(html).not.toMatch(/<script|<img|<link|<form|\son\w+=|style="/);
});

test('there is none where the tokens of Cognito are accepted: a browser reads a sentence', () => {
  expect(createLandingPage({ pools: [], issuers: [], local: undefined, close: async () => {} })).toBeUndefined();
});
