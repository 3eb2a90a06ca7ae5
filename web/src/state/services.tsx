import { createContext, type ReactNode, useContext } from 'react';
import { type Account, createAccount } from '../account/account.ts';
import { type Arrival, takeArrival } from '../account/arrival.ts';
import { watchOtherTabs } from '../account/watch-other-tabs.ts';
import type { ApiClient } from '../api/api-client.ts';
import { createApiClient } from '../api/client.ts';
import { createTokenStore } from '../api/token-store.ts';
import { type Conversations, createConversations } from '../conversation/conversations.ts';
import { createSessionList, type SessionList } from '../conversation/session-list-store.ts';
import { createScriptChoice, type ScriptChoice } from '../script/script-choice.ts';
import { openStorage } from './open-storage.ts';
import { tabsLock } from './tabs-lock.ts';

export interface Services {
  client: ApiClient;
  account: Account;
  sessions: SessionList;
  conversations: Conversations;
  script: ScriptChoice;
  arrival: Arrival;
}

/** Puts the page together once; components only ever see the result. */
export function createServices(): Services {
  const arrival = takeArrival(window.location, window.history);
  const storage = openStorage();
  const tokens = createTokenStore(storage);
  const client = createApiClient({
    tokens,
    fetch: window.fetch.bind(window),
    lock: tabsLock,
    onSignedOut: () => account.forget(),
    onUser: (user) => account.meet(user),
    onOvertaken: () => account.reconsider(),
  });
  const sessions = createSessionList(client);
  const account: Account = createAccount({ client, tokens, onChanged: handOver });
  const conversations = createConversations({
    client,
    onAnswered(sessionId) {
      void sessions.refreshOne(sessionId);
      void account.refreshBalance();
    },
  });
  function handOver(kind: 'left' | 'arrived'): void {
    if (kind === 'left') {
      sessions.clear();
      conversations.clear();
    } else {
      void sessions.reload();
    }
  }
  watchOtherTabs(account.reconsider);
  const script = createScriptChoice(storage);
  return { client, account, sessions, conversations, script, arrival };
}

const ServicesContext = createContext<Services | null>(null);

export function ServicesProvider(props: { services: Services; children: ReactNode }) {
  return <ServicesContext value={props.services}>{props.children}</ServicesContext>;
}

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === null) throw new Error('useServices needs a ServicesProvider above it');
  return services;
}
