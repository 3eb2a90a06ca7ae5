import type { Channel, Package } from '../api/billing-types.ts';
import { useResource } from '../state/use-resource.ts';

interface Offer {
  items: Package[];
  /** How the site takes payments, where it says so; else the first attempt tells. */
  channels?: Channel[];
}

const WAYS: readonly Channel[] = ['wechat_native', 'wechat_jsapi'];

/** What is for sale; null as long as it is not known. */
export function usePackages() {
  const [resource, reload] = useResource<Offer>('/api/billing/packages');
  const channels = resource.state === 'ready' ? resource.data.channels : undefined;
  return {
    packages: resource.state === 'ready' ? resource.data.items : null,
    error: resource.state === 'failed' ? resource.error : null,
    /** Nobody takes payments here: only codes are left. */
    closed: channels !== undefined && !WAYS.some((way) => channels.includes(way)),
    reload,
  };
}
