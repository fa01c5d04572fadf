/** What the applications of these tests are told. */
export interface PoolAppSettings {
  readonly issuer: string;
  readonly poolUrl: string;
  /** `localhost:<port>`, where the pool speaks TLS: Amplify writes the `https://` itself. */
  readonly domain: string;
  readonly appUrl: string;
}

declare global {
  interface Window {
    readonly poolSettings: PoolAppSettings;
  }
}
