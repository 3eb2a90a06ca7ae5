import type { Request } from 'express';
import { Strategy } from 'passport';
import { callerOf } from '../../http/caller.ts';
import type { WechatBrowser } from './wechat-browser.ts';
import type { WechatEntrance, WechatPurpose } from './wechat-entrance.ts';
import { wechatProofBody } from './wechat-schemas.ts';

export interface WechatStrategyParts {
  entrance: Pick<WechatEntrance, 'identify'>;
  browser: WechatBrowser;
  purpose: WechatPurpose;
}

/** Somebody comes with a code of WeChat's; what passes is the person, who need not be known here. */
export class WechatStrategy extends Strategy {
  // Not #private: passport runs a strategy as an object derived from it.
  private readonly parts: WechatStrategyParts;

  constructor(parts: WechatStrategyParts) {
    super();
    this.parts = parts;
  }

  override authenticate(request: Request): void {
    const { entrance, browser, purpose } = this.parts;
    const { code, client, state } = wechatProofBody.parse(request.body);
    const proof = { code, client, state, browser: browser.markOf(request) };
    entrance.identify(proof, purpose, callerOf(request)).then(
      (person) => this.success(person),
      (error) => this.error(error),
    );
  }
}
