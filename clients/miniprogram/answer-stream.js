/**
 * Asks and listens from a WeChat mini program: wx.request with enableChunked, lines of JSON.
 * Copy this file into the mini program; it needs nothing else (ES5, no TextDecoder, no Promise).
 * What it does for you: puts characters together that a chunk border cuts in two, goes on where it
 * was when the connection breaks (WeChat breaks every request after 60 s), asks again under the
 * same key when it does not know whether the question arrived, and gives up after a while.
 */
'use strict';

var FIRST_DELAY_MS = 500;
var LONGEST_DELAY_MS = 8000;
var ATTEMPTS = 8;
var LINE_FEED = 10;
var REPLACEMENT = 0xfffd;

/** Of a sequence that begins with this byte: how many bytes follow, and what it contributes. */
function leadOf(byte) {
  if (byte < 0x80) return { more: 0, bits: byte, least: 0 };
  if (byte >= 0xc2 && byte < 0xe0) return { more: 1, bits: byte & 0x1f, least: 0x80 };
  if (byte >= 0xe0 && byte < 0xf0) return { more: 2, bits: byte & 0x0f, least: 0x800 };
  if (byte >= 0xf0 && byte < 0xf5) return { more: 3, bits: byte & 0x07, least: 0x10000 };
  return null;
}

/** The character that begins at `at`, and where the next one does. */
function characterAt(bytes, at) {
  var lead = leadOf(bytes[at]);
  if (!lead) return { code: REPLACEMENT, next: at + 1 };
  var code = lead.bits;
  for (var i = 1; i <= lead.more; i += 1) {
    if ((bytes[at + i] & 0xc0) !== 0x80) return { code: REPLACEMENT, next: at + i };
    code = code * 64 + (bytes[at + i] & 0x3f);
  }
  var sound = code >= lead.least && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return { code: sound ? code : REPLACEMENT, next: at + 1 + lead.more };
}

function decodeUtf8(bytes) {
  var text = '';
  var at = 0;
  while (at < bytes.length) {
    var character = characterAt(bytes, at);
    at = character.next;
    if (character.code > 0xffff) {
      var rest = character.code - 0x10000;
      text += String.fromCharCode(0xd800 + (rest >> 10), 0xdc00 + (rest & 0x3ff));
    } else {
      text += String.fromCharCode(character.code);
    }
  }
  return text;
}

/** Calls `onLine` with each whole line, however the bytes are cut. `rest` is what came after the last. */
function createLineReader(onLine) {
  var waiting = [];
  return {
    push: function (buffer) {
      var bytes = new Uint8Array(buffer);
      for (var i = 0; i < bytes.length; i += 1) {
        if (bytes[i] !== LINE_FEED) {
          waiting.push(bytes[i]);
        } else {
          var line = decodeUtf8(waiting);
          waiting = [];
          // An empty line only says that the server is still there.
          if (line !== '') onLine(line);
        }
      }
    },
    rest: function () {
      return decodeUtf8(waiting);
    },
  };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch (_error) {
    return null;
  }
}

/** A key for one question; the same key again is the same question. */
function newKey() {
  var key = Date.now().toString(36);
  while (key.length < 32) key += Math.random().toString(36).slice(2);
  return key.slice(0, 32);
}

function isEnd(event) {
  return event.id !== undefined && (event.type === 'done' || event.type === 'error');
}

/** What is to be called next: the question until it is known to have arrived, then its events. */
function callFor(options, state) {
  if (state.messageId) {
    return {
      method: 'GET',
      path: '/api/messages/' + state.messageId + '/events?after=' + state.position,
    };
  }
  var wish = options.ask || options.regenerate;
  var path = '/api/sessions/' + wish.sessionId + '/messages';
  if (options.regenerate) path += '/' + wish.messageId + '/regenerate';
  var data = {};
  if (options.ask) data.content = wish.content;
  if (wish.model !== undefined) data.model = wish.model;
  if (wish.thinking !== undefined) data.thinking = wish.thinking;
  return { method: 'POST', path: path, data: data, key: state.key };
}

function headersFor(options, call) {
  var header = {
    Accept: 'application/x-ndjson',
    'Content-Type': 'application/json',
    Authorization: 'Bearer ' + options.token(),
  };
  if (call.key) header['Idempotency-Key'] = call.key;
  return header;
}

/**
 * Opens one answer. See answer-stream.d.ts for the options and what they mean.
 * Returns {leave, messageId, position}: `leave` stops listening, the answer goes on at the server.
 */
function openAnswer(options) {
  var request = options.request || wx.request;
  var later = options.setTimeout || setTimeout;
  var wish = options.ask || options.regenerate || {};
  var state = {
    key: wish.key || newKey(),
    messageId: options.listen ? options.listen.messageId : '',
    position: options.listen ? options.listen.after || 0 : 0,
    attempts: 0,
    renewed: false,
    over: false,
    task: null,
    call: 0,
  };

  function finish(callback, value) {
    if (state.over) return;
    state.over = true;
    if (state.task && state.task.abort) state.task.abort();
    if (callback) callback(value);
  }

  function hear(line) {
    var event = parse(line);
    if (!event || !event.type || state.over) return;
    // Not of the answer: the stream itself failed, and what is to come is asked for again.
    if (event.id === undefined) return;
    if (event.messageId) state.messageId = event.messageId;
    if (event.id <= state.position) return;
    state.position = event.id;
    state.attempts = 0;
    state.renewed = false;
    if (options.onEvent) options.onEvent(event);
    if (isEnd(event)) finish(options.onEnd, event);
  }

  function again(failure) {
    if (state.over) return;
    state.attempts += 1;
    if (state.attempts >= (options.attempts || ATTEMPTS)) return finish(options.onFailure, failure);
    var delay = Math.min(FIRST_DELAY_MS * Math.pow(2, state.attempts - 1), LONGEST_DELAY_MS);
    var asked = failure.retryAfter ? failure.retryAfter * 1000 : 0;
    if (options.onWaiting) options.onWaiting(Math.max(delay, asked));
    later(open, Math.max(delay, asked));
  }

  function refused(status, failure) {
    if (
      status === 401 &&
      failure.error === 'token_expired' &&
      options.renewToken &&
      !state.renewed
    ) {
      state.renewed = true;
      options.renewToken(function (error) {
        if (error) finish(options.onFailure, failure);
        else if (!state.over) open();
      });
    } else if (status === 429 || status >= 500 || status === 0) {
      again(failure);
    } else {
      finish(options.onFailure, failure);
    }
  }

  function failureOf(response, text) {
    var header = response.header || {};
    var said = parse(text) || {};
    var after = Number(header['Retry-After'] || header['retry-after']) || 0;
    return {
      status: response.statusCode || 0,
      error: said.error || 'unavailable',
      message: said.message || '网络不稳定，请稍后再试。',
      retryAfter: after,
    };
  }

  function open() {
    if (state.over) return;
    state.call += 1;
    var mine = state.call;
    var reader = createLineReader(hear);
    var chunks = 0;
    var call = callFor(options, state);
    var isMine = function () {
      return mine === state.call && !state.over;
    };
    state.task = request({
      url: options.baseUrl + call.path,
      method: call.method,
      data: call.data,
      header: headersFor(options, call),
      enableChunked: true,
      responseType: 'text',
      dataType: 'text',
      timeout: 60000,
      success: function (response) {
        if (!isMine()) return;
        var whole = typeof response.data === 'string' ? response.data : '';
        // A library without chunks brings everything at the end.
        if (chunks === 0 && response.statusCode < 400) whole.split('\n').forEach(hear);
        if (state.over) return;
        var failure = failureOf(response, chunks > 0 ? reader.rest() : whole);
        if (response.statusCode >= 400) refused(response.statusCode, failure);
        else again(failure);
      },
      fail: function () {
        if (isMine()) again(failureOf({}, ''));
      },
    });
    if (state.task && state.task.onChunkReceived) {
      state.task.onChunkReceived(function (chunk) {
        if (!isMine()) return;
        chunks += 1;
        reader.push(chunk.data);
      });
    }
  }

  open();
  return {
    leave: function () {
      finish(null);
    },
    messageId: function () {
      return state.messageId;
    },
    position: function () {
      return state.position;
    },
  };
}

exports.openAnswer = openAnswer;
exports.newKey = newKey;
