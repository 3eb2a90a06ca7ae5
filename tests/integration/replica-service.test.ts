import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { eventually } from '../support/eventually.ts';
import { describeWithReplica, startReplicatedPostgres } from '../support/replicated-postgres.ts';
import { asGuest, asLearner, type Learner, PASSWORD, register } from '../support/service-client.ts';
import { describeWithServers, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(90_000);

async function sessionsOf(learner: Learner): Promise<string[]> {
  const reply = await learner.get('/api/sessions');
  return reply.data(contract.pageOf(contract.session)).items.map(({ id }) => id);
}

describeWithServers('two processes with a replica', () => {
  describeWithReplica('of PostgreSQL', () => {
    let servers: Awaited<ReturnType<typeof startReplicatedPostgres>>;
    let space: ServiceSpace;
    let [one, other]: [RunningService, RunningService] = [] as never;
    beforeAll(async () => {
      servers = await startReplicatedPostgres();
      space = await openSpace('services');
      const urls = { DATABASE_URL: servers.url, DATABASE_REPLICA_URL: servers.replicaUrl };
      one = await space.start(urls);
      other = await space.start(urls);
    });
    beforeEach(async () => {
      await servers.resume();
      await eventually('the replica is read', () => [one, other].every(isFresh));
    });
    afterAll(async () => {
      await servers.resume();
      await space.dispose();
      await servers.dispose();
      expect([...errorsIn(one), ...errorsIn(other)]).toEqual([]);
    });
    const isFresh = ({ platform }: RunningService) => platform.database.replica?.isFresh() === true;

    it('show a learner the conversation that they have just begun, and its answer', async () => {
      const here = await asGuest(one.url);
      const there = asLearner(other.url, here.login);
      await servers.pause();
      const { id } = await here.openSession();
      expect(await sessionsOf(there)).toEqual([id]);
      await here.askWhole(id, '「温故而知新」是什么意思？');
      const said = await there.messages(id);
      expect(said.map(({ status }) => status)).toEqual(['complete', 'complete']);
      await here.call('DELETE', `/api/sessions/${id}`);
      expect(await sessionsOf(there)).toEqual([]);
    });

    it('show whoever logs in what they did as a guest', async () => {
      const account = await register(one.url);
      const guest = await asGuest(one.url);
      const { id } = await guest.openSession();
      await eventually('the replica is read', () => [one, other].every(isFresh));
      await servers.pause();
      const { email } = account.login.user;
      const login = await guest.post('/api/auth/email-login', { email, password: PASSWORD });
      const there = asLearner(other.url, login.data(contract.login));
      expect(await sessionsOf(there)).toEqual([id]);
    });

    it('go on while the replica is away', async () => {
      const here = await asGuest(one.url);
      const { id } = await here.openSession();
      await servers.killReplica();
      expect(await sessionsOf(here)).toEqual([id]);
      const works = await asLearner(other.url, here.login).get('/api/library/works');
      expect(works.data(contract.pageOf(contract.work)).items.length).toBeGreaterThan(0);
      await servers.startReplica();
    });
  });
});
