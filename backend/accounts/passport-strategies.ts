import { Passport } from 'passport';
import { ExtractJwt, Strategy as JwtStrategy } from 'passport-jwt';
import { Strategy as LocalStrategy } from 'passport-local';
import { callerOf } from '../http/caller.ts';
import { type AccessTokens, TOKEN_ALGORITHM, TOKEN_ISSUER } from './logins/access-tokens.ts';
import type { LoginService } from './logins/login-service.ts';
import type { PasswordService } from './passwords/password-service.ts';
import type { WechatBrowser } from './wechat/wechat-browser.ts';
import type { WechatEntrance } from './wechat/wechat-entrance.ts';
import { WechatStrategy } from './wechat/wechat-strategy.ts';

/** The ways to say who one is: an access token on every call, a password or WeChat’s word once. */
export function createPassport(parts: {
  logins: Pick<LoginService, 'identityOf'>;
  passwords: Pick<PasswordService, 'check'>;
  accessTokens: AccessTokens;
  wechat: Pick<WechatEntrance, 'identify'>;
  wechatBrowser: WechatBrowser;
}) {
  const { logins, passwords, accessTokens } = parts;
  const passport = new Passport();
  passport.use(
    'jwt',
    new JwtStrategy(
      {
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKeyProvider(_request, token: string, done) {
          const key = accessTokens.keyOf(token);
          done(key === undefined ? new Error('a token of a foreign key') : null, key);
        },
        algorithms: [TOKEN_ALGORITHM],
        issuer: TOKEN_ISSUER,
      },
      (claims: { sub?: unknown; sid?: unknown }, done) => {
        if (typeof claims.sub !== 'string' || typeof claims.sid !== 'string') {
          return done(null, false);
        }
        logins.identityOf(claims.sub, claims.sid).then((who) => done(null, who ?? false), done);
      },
    ),
  );
  passport.use(
    'local',
    new LocalStrategy(
      { usernameField: 'email', session: false, passReqToCallback: true },
      (request, email, password, done) => {
        const visit = { method: 'password', caller: callerOf(request) } as const;
        passwords.check(email, password, visit).then((user) => done(null, user ?? false), done);
      },
    ),
  );
  const byWechat = { entrance: parts.wechat, browser: parts.wechatBrowser };
  passport.use('wechat-login', new WechatStrategy({ ...byWechat, purpose: 'login' }));
  passport.use('wechat-link', new WechatStrategy({ ...byWechat, purpose: 'link' }));
  return passport;
}
