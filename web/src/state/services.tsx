import { createContext, type ReactNode, useContext } from 'react';
import { type Account, createAccount } from '../account/account.ts';
import { type Arrival, takeArrival } from '../account/arrival.ts';
import { watchOtherTabs } from '../account/watch-other-tabs.ts';
import { createUploads, type Uploads } from '../admin/documents/uploads.ts';
import type { ApiClient } from '../api/api-client.ts';
import { browserNetwork } from '../api/browser-network.ts';
import { browserUpload } from '../api/browser-upload.ts';
import { createApiClient } from '../api/client.ts';
import type { Network } from '../api/network.ts';
import { createTokenStore } from '../api/token-store.ts';
import { type Conversations, createConversations } from '../conversation/conversations.ts';
import { createSessionList, type SessionList } from '../conversation/session-list-store.ts';
import { createTutorKind, type TutorKind } from '../conversation/tutor-kind.ts';
import { createUnsent, type Unsent } from '../conversation/unsent.ts';
import { createReaderSwitches, type ReaderSwitches } from '../reader/reader-switches.ts';
import { createScriptChoice, type ScriptChoice } from '../script/script-choice.ts';
import { showTheme } from '../theme/show-theme.ts';
import { createThemeChoice, type ThemeChoice } from '../theme/theme-choice.ts';
import { openStorage } from './open-storage.ts';
import { tabsLock } from './tabs-lock.ts';

export interface Services {
  client: ApiClient;
  account: Account;
  sessions: SessionList;
  conversations: Conversations;
  unsent: Unsent;
  network: Network;
  tutor: TutorKind;
  script: ScriptChoice;
  theme: ThemeChoice;
  reading: ReaderSwitches;
  arrival: Arrival;
  uploads: Uploads;
}

/** Puts the page together once; components only ever see the result. */
export function createServices(): Services {
  const arrival = takeArrival(window.location, window.history);
  const storage = openStorage();
  const tokens = createTokenStore(storage);
  const client = createApiClient({
    tokens,
    fetch: window.fetch.bind(window),
    upload: browserUpload,
    lock: tabsLock,
    onSignedOut: () => account.forget(),
    onUser: (user) => account.meet(user),
    onOvertaken: () => account.reconsider(),
  });
  const sessions = createSessionList(client);
  const account: Account = createAccount({ client, tokens, onChanged: handOver });
  const network = browserNetwork(window);
  const unsent = createUnsent(storage, tokens.hinted);
  const conversations = createConversations({
    client,
    ...{ network, unsent },
    onAnswered(sessionId) {
      void sessions.awaitTitle(sessionId);
      void account.refreshBalance();
    },
  });
  function handOver(kind: 'left' | 'arrived'): void {
    if (kind === 'left') {
      sessions.clear();
      conversations.clear();
      unsent.clearOthers();
      uploads.clear();
    } else {
      void sessions.reload();
      conversations.sendWaiting();
    }
  }
  watchOtherTabs(account.reconsider);
  network.watch(() => {
    if (network.online() && account.state.get().phase === 'unreachable') void account.restore();
  });
  const tutor = createTutorKind(client);
  const script = createScriptChoice(storage);
  const theme = createThemeChoice(storage, showTheme);
  const reading = createReaderSwitches(storage);
  const uploads = createUploads(client);
  return {
    ...{ client, account, sessions, conversations, unsent, network, tutor },
    ...{ script, theme, reading, arrival, uploads },
  };
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
