import { useState } from 'react';
import { useWechat } from '../account/use-wechat.ts';
import type { LoginMethods, User } from '../api/types.ts';
import { ConfirmDialog } from '../form/confirm-dialog.tsx';
import { FormError } from '../form/form-error.tsx';
import { Modal } from '../layout/modal.tsx';
import { useAnnounce } from '../layout/notices.tsx';
import { useServices } from '../state/services.tsx';
import { useResource } from '../state/use-resource.ts';
import { strings } from '../strings.ts';
import { ProfileRow, RowButton } from './profile-section.tsx';

const words = strings.wechatLink;

/** Left out where the site has no WeChat login and the account no link that could be undone. */
export function WechatRow({ user }: { user: User }) {
  const [methods] = useResource<LoginMethods>('/api/auth/methods');
  const [open, setOpen] = useState<'link' | 'unlink' | null>(null);
  const offered = methods.state === 'ready' && methods.data.wechatWeb;
  if (!offered && !user.wechatLinked) return null;
  const turn = user.wechatLinked ? 'unlink' : 'link';
  const close = () => setOpen(null);
  return (
    <ProfileRow
      label={words.label}
      action={
        <RowButton
          text={words[turn]}
          label={words[turn] + words.label}
          onClick={() => setOpen(turn)}
        />
      }
    >
      <span className={user.wechatLinked ? 'tag tag-good' : 'fine-print'}>
        {user.wechatLinked ? words.linked : words.unlinked}
      </span>
      {open === 'unlink' && <UnlinkDialog onClose={close} />}
      {open === 'link' && <LinkDialog onClose={close} />}
    </ProfileRow>
  );
}

function LinkDialog({ onClose }: { onClose(): void }) {
  const [error, setError] = useState<unknown>(null);
  const { busy, leave } = useWechat(setError);
  return (
    <Modal title={words.linkTitle} kind="card" onClose={onClose}>
      <div className="dialog-form">
        <p className="form-lead">{words.linkLead}</p>
        <p className="form-notice">{words.linkMerge}</p>
        <FormError error={error} fields={[]} />
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {strings.cancel}
          </button>
          <button
            type="button"
            className="button button-primary"
            disabled={busy}
            onClick={() => void leave({ purpose: 'link', back: '/account' })}
          >
            {words.linkSubmit}
          </button>
        </div>
      </div>
    </Modal>
  );
}

function UnlinkDialog({ onClose }: { onClose(): void }) {
  const { client, account } = useServices();
  const announce = useAnnounce();
  return (
    <ConfirmDialog
      title={words.unlinkTitle}
      submit={words.unlinkSubmit}
      onClose={onClose}
      onConfirm={async () => {
        account.meet(await client.call<User>('/api/user/wechat', { method: 'DELETE' }));
        announce(words.unlinkDone);
      }}
    >
      <p className="form-lead">{words.unlinkAsk}</p>
    </ConfirmDialog>
  );
}
