/** Where things are: of the files `.env…`, of which Vite has checked that all are set. */
export const settings = {
  apiUrl: String(import.meta.env.VITE_API_URL),
  issuer: String(import.meta.env.VITE_ISSUER),
  clientId: String(import.meta.env.VITE_CLIENT_ID),
  /** The user pool's own pages, for sign-out. */
  poolUrl: String(import.meta.env.VITE_POOL_URL),
};
