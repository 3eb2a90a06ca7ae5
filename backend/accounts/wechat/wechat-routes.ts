import type { Request, Response } from 'express';
import { askStrategy, type Passport } from '../../http/authentication.ts';
import { callerOf } from '../../http/caller.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { userSchema } from '../account-schemas.ts';
import { loginSchema } from '../logins/login-schemas.ts';
import type { PresentLogin } from '../logins/present-login.ts';
import { presentUser } from '../present-user.ts';
import { guestOf } from '../registration-routes.ts';
import type { WechatBrowser } from './wechat-browser.ts';
import type { WechatPerson } from './wechat-identity.ts';
import { authorizeSchema, loginMethodsSchema, wechatProofBody } from './wechat-schemas.ts';
import type { WechatService } from './wechat-service.ts';

const tag = 'accounts';

export interface WechatRouteParts {
  wechat: WechatService;
  passport: Passport;
  browser: WechatBrowser;
  presentLogin: PresentLogin;
}

/** The strategies' names are those of `passport-strategies.ts`. */
async function personBehind(
  passport: Passport,
  strategy: 'wechat-login' | 'wechat-link',
  request: Request,
  response: Response,
): Promise<WechatPerson> {
  const { who } = await askStrategy<WechatPerson>(passport, strategy, request, response);
  if (!who) throw new Error('the strategy either finds somebody or says why not');
  return who;
}

export function wechatRoutes(parts: WechatRouteParts): Route[] {
  return [...loginRoutes(parts), ...linkRoutes(parts)];
}

function loginRoutes({ wechat, passport, browser, presentLogin }: WechatRouteParts): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/auth/methods',
      summary: 'The ways to log in that this site offers',
      tag,
      access: 'open',
      data: loginMethodsSchema,
      handle: async () => ({
        password: true,
        guest: true,
        wechatWeb: wechat.openTo('web'),
        wechatMiniProgram: wechat.openTo('miniprogram'),
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/auth/wechat/authorize',
      summary: 'The way to the QR page of WeChat, for this browser',
      tag,
      access: 'open',
      rateClass: 'login',
      data: authorizeSchema,
      handle: async ({ request, response }) => {
        response.setHeader('Cache-Control', 'no-store');
        const known = browser.markOf(request) ?? browser.newMark();
        const way = await wechat.authorize(known);
        browser.mark(response, known);
        return way;
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/auth/wechat-login',
      summary: 'Log in with a code of WeChat; the first time makes an account',
      tag,
      access: 'optional',
      rateClass: 'login',
      body: wechatProofBody,
      data: loginSchema,
      handle: async ({ identity, request, response }) => {
        const person = await personBehind(passport, 'wechat-login', request, response);
        const login = await wechat.login(person, callerOf(request), guestOf(identity));
        return presentLogin(login, { request, response });
      },
    }),
  ];
}

function linkRoutes({ wechat, passport }: WechatRouteParts): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/user/wechat',
      summary: 'Link WeChat; an account that only WeChat leads to becomes part of this one',
      tag,
      access: 'account',
      rateClass: 'login',
      body: wechatProofBody,
      data: userSchema,
      handle: async ({ identity, request, response }) => {
        const person = await personBehind(passport, 'wechat-link', request, response);
        return presentUser(await wechat.link(identity, person, callerOf(request)));
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/user/wechat',
      summary: 'Forget the WeChat identities of the account',
      tag,
      access: 'account',
      data: userSchema,
      handle: async ({ identity, request }) =>
        presentUser(await wechat.unlink(identity, callerOf(request))),
    }),
  ];
}
