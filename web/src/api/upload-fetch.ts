/** As `fetch`, but tells how much of the body has left, 0 to 1. */
export type UploadFetch = (
  path: string,
  request: {
    method: string;
    headers: Headers;
    body: Blob | FormData | string | null;
    signal: AbortSignal | null;
  },
  onSent: (share: number) => void,
) => Promise<Response>;
