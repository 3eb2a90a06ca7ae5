import { Passport } from 'passport';
import { ExtractJwt, Strategy as JwtStrategy } from 'passport-jwt';
import { Strategy as LocalStrategy } from 'passport-local';
import type { Identity } from '../http/route.ts';
import type { AccountService } from './account-service.ts';
import { TOKEN_ALGORITHM, TOKEN_ISSUER } from './tokens.ts';

/** Two ways to say who one is: an access token on every call, address and password once. */
export function createPassport(accounts: AccountService, jwtSecret: string) {
  const passport = new Passport();
  passport.use(
    'jwt',
    new JwtStrategy(
      {
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKey: jwtSecret,
        algorithms: [TOKEN_ALGORITHM],
        issuer: TOKEN_ISSUER,
      },
      (payload: { sub: string }, done) => {
        accounts.activeUser(payload.sub).then((user) => {
          const identity: Identity | false = user ? { userId: user.id, role: user.role } : false;
          done(null, identity);
        }, done);
      },
    ),
  );
  passport.use(
    'local',
    new LocalStrategy({ usernameField: 'email', session: false }, (email, password, done) => {
      accounts.checkPassword(email, password).then((user) => done(null, user ?? false), done);
    }),
  );
  return passport;
}
