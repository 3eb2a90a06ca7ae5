import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { NoticesProvider } from './layout/notices.tsx';
import { createServices, ServicesProvider } from './state/services.tsx';
import './style/tokens.css';
import './style/base.css';
import './style/layout.css';
import './style/header.css';
import './style/dialog.css';
import './style/account.css';
import './style/form.css';
import './style/avatar.css';
import './style/entries.css';
import './style/profile.css';
import './style/admin.css';
import './style/balance.css';
import './style/figures.css';
import './style/recharge.css';
import './style/payment.css';
import './style/admin-billing.css';
import './style/charts.css';
import './style/documents.css';
import './style/sessions.css';
import './style/welcome.css';
import './style/conversation.css';
import './style/answer.css';
import './style/sources.css';
import './style/answer-actions.css';
import './style/library.css';
import './style/reader.css';
import './style/api-docs.css';
import './style/touch.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html lost its #root');

createRoot(root).render(
  <StrictMode>
    <ServicesProvider services={createServices()}>
      <NoticesProvider>
        <App />
      </NoticesProvider>
    </ServicesProvider>
  </StrictMode>,
);
