import { getMaxListeners } from 'node:events';
import { createListenerPlaces } from '../../backend/realtime/listener-places.ts';

describe('places of listeners', () => {
  it('are so many for an account, and each is given back once', () => {
    const places = createListenerPlaces(2);
    const giveBack = places.take('one');
    places.take('one');
    places.take('another');
    expect(() => places.take('one')).toThrow('同时打开的回答太多');
    giveBack();
    giveBack();
    places.take('one');
    expect(() => places.take('one')).toThrow('同时打开的回答太多');
  });

  it('are all left at once, however many listen, and Node takes that for no leak', () => {
    const places = createListenerPlaces(100);
    let left = 0;
    for (let listener = 0; listener < 20; listener += 1) {
      places.leaving.addEventListener('abort', () => {
        left += 1;
      });
    }
    places.leave();
    expect(left).toBe(20);
    expect(getMaxListeners(places.leaving)).toBe(Number.POSITIVE_INFINITY);
  });
});
