import { request as httpRequest } from 'node:http';
import type { WxRequest } from '../../clients/miniprogram/answer-stream.js';

/** `wx.request` with enableChunked as the documentation describes it, over Node's HTTP. */
export const wxRequest: WxRequest = (options) => {
  let onChunk: ((chunk: { data: ArrayBuffer }) => void) | undefined;
  const body = options.data === undefined ? undefined : JSON.stringify(options.data);
  const call = httpRequest(options.url, {
    method: options.method,
    headers: options.header,
    agent: false,
  });
  call.on('error', (error) => options.fail(error));
  call.on('response', (response) => {
    response.on('data', (bytes: Buffer) => {
      const data = new Uint8Array(bytes).buffer;
      onChunk?.({ data });
    });
    response.on('aborted', () => options.fail(new Error('request:fail')));
    response.on('end', () => {
      const header = Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
      );
      options.success({ statusCode: response.statusCode ?? 0, header });
    });
  });
  call.end(body);
  return {
    abort: () => void call.destroy(),
    onChunkReceived(listener) {
      onChunk = listener;
    },
  };
};
