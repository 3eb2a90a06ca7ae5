import { type MouseEvent, useEffect, useState } from 'react';
import { ConfirmDialog } from '../form/confirm-dialog.tsx';
import { useAction } from '../form/use-action.ts';
import { Icon } from '../layout/icon.tsx';
import { Paged } from '../layout/paged.tsx';
import { useServices } from '../state/services.tsx';
import { usePagedList } from '../state/use-paged-list.ts';
import { strings } from '../strings.ts';
import { agentName, isHandheld } from './agent-name.ts';
import { ProfileSection, RowButton } from './profile-section.tsx';
import { ago, momentOf } from './when.ts';

const words = strings.devices;

interface Device {
  id: string;
  method: string;
  agent: string;
  address: string;
  createdAt: string;
  lastUsedAt: string;
  current: boolean;
}

/** `round` goes up when another part of the page has ended logins. */
export function DevicesSection({ round }: { round: number }) {
  const list = usePagedList<Device>('/api/user/logins');
  const { reload } = list;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is another list.
  useEffect(() => {
    if (round > 0) reload();
  }, [round]);
  const [asking, setAsking] = useState(false);
  const others = list.items.filter(({ current }) => !current).length;
  return (
    <ProfileSection title={words.title}>
      <Paged list={list} empty={words.empty}>
        {(devices) => (
          <ul className="entries">
            {devices.map((device) => (
              <DeviceItem key={device.id} device={device} onEnded={list.reload} />
            ))}
          </ul>
        )}
      </Paged>
      {others > 0 && (
        <button type="button" className="button end-others" onClick={() => setAsking(true)}>
          {words.endOthers}
        </button>
      )}
      {asking && <EndOthers onEnded={list.reload} onClose={() => setAsking(false)} />}
    </ProfileSection>
  );
}

function DeviceItem({ device, onEnded }: { device: Device; onEnded(): void }) {
  const { client } = useServices();
  const { busy, run, announce } = useAction();
  const name = agentName(device.agent);
  const used = ago(device.lastUsedAt, new Date());
  function end({ currentTarget }: MouseEvent<HTMLElement>): void {
    // The button goes with its device; the focus should not.
    const heading = currentTarget.closest('section')?.querySelector('h2');
    void run(async () => {
      await client.call(`/api/user/logins/${device.id}`, { method: 'DELETE' });
      announce(words.ended);
      heading?.focus();
      onEnded();
    });
  }
  return (
    <li className="entry">
      <Icon name={isHandheld(device.agent) ? 'phone' : 'desktop'} />
      <div className="entry-text">
        <p>
          {name}
          {device.current && <span className="tag tag-good">{words.current}</span>}
        </p>
        <p className="fine-print" title={momentOf(device.createdAt)}>
          {[words.used(used), device.address].filter(Boolean).join(' · ')}
        </p>
      </div>
      {!device.current && (
        <RowButton text={words.end} label={words.endOf(name)} busy={busy} onClick={end} />
      )}
    </li>
  );
}

function EndOthers({ onEnded, onClose }: { onEnded(): void; onClose(): void }) {
  const { client } = useServices();
  const { announce } = useAction();
  return (
    <ConfirmDialog
      title={words.endOthers}
      submit={words.end}
      onClose={onClose}
      onConfirm={async () => {
        const { ended } = await client.call<{ ended: number }>('/api/user/logins', {
          method: 'DELETE',
        });
        announce(words.endedOthers(ended));
        onEnded();
      }}
    >
      <p className="form-lead">{words.endOthersAsk}</p>
    </ConfirmDialog>
  );
}
