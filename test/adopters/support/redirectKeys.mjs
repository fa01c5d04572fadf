// Loaded before a project (`node --import`): its user pool's keys come from this machine, and from nowhere else.
const { fetch } = globalThis;
const jwksUri = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123/.well-known/jwks.json';

globalThis.fetch = (url, init) => {
  if (String(url) !== jwksUri) throw new Error(`expected a request for ${jwksUri}; got ${url}`);
  return fetch(process.env.TEST_JWKS_URI, init);
};
