import type { TransferChannel } from './serve-transfer.ts';

/** How long a transfer may stand still while others wait for its place. */
const stallMs = 1000;

/**
 * Sends one message of a transfer. While others wait in line, a client that does not read for a second loses its place, so
 * that a few that never read cannot keep the zone from all others.
 *
 * @returns whether the transfer goes on
 */
export async function sendWithPatience(
  channel: TransferChannel,
  message: Uint8Array,
  areOthersWaiting: () => boolean,
): Promise<boolean> {
  const watch = setInterval(() => {
    if (areOthersWaiting()) channel.breakOff();
  }, stallMs);
  const goesOn = await channel.send(message);
  clearInterval(watch);
  return goesOn;
}
