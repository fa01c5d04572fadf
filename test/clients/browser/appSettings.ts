/** What the pages of the tests are told. */
export interface AppSettings {
  readonly apiUrl: string;
  readonly poolUrl: string;
  readonly issuer: string;
  /** Host and port of the user pool's https. */
  readonly domain: string;
  /** Set by the page once its functions are there. */
  isReady?: boolean;
}

declare global {
  interface Window {
    readonly settings: AppSettings;
  }
}
