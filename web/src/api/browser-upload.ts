import type { UploadFetch } from './upload-fetch.ts';

const EMPTY_REPLIES = new Set([204, 205, 304]);

function headersOf(request: XMLHttpRequest): Headers {
  const headers = new Headers();
  for (const line of request.getAllResponseHeaders().trim().split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return headers;
}

/** Of all that browsers have, only this old one tells how far an upload is. */
export const browserUpload: UploadFetch = (path, { method, headers, body, signal }, onSent) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    const failed = () => reject(new TypeError('the upload did not get through'));
    request.open(method, path);
    headers.forEach((value, name) => {
      request.setRequestHeader(name, value);
    });
    request.upload.onprogress = ({ loaded, total }) => onSent(total === 0 ? 0 : loaded / total);
    request.upload.onload = () => onSent(1);
    request.onload = () => {
      const { status } = request;
      const text = EMPTY_REPLIES.has(status) ? null : request.responseText;
      resolve(new Response(text, { status, headers: headersOf(request) }));
    };
    request.onerror = failed;
    request.ontimeout = failed;
    request.onabort = () => reject(new DOMException('the upload was cancelled', 'AbortError'));
    request.onloadend = () => signal?.removeEventListener('abort', abort);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    else request.send(body);
  });
