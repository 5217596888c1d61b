import { Rcode } from '../dns/codes.ts';
import type { Clock } from '../updates/clock.ts';
import { renderAnswer } from './answer-form.ts';
import { bareContent } from './answer-query.ts';
import type { Mistakes } from './mistakes.ts';
import type { Reaction, ReceivedUpdate, RequestFacts, Responder } from './respond.ts';
import type { ServeTransfer, TransferChannel } from './serve-transfer.ts';
import type { UpdateDesk } from './update-desk.ts';

/** What all listeners hand their requests to. */
export class RequestDesk {
  readonly clock: Clock;
  /** Where a listener goes when our own code has thrown. */
  readonly mistakes: Mistakes;
  readonly #responder: Responder;
  readonly #updates: UpdateDesk;
  readonly #serveTransfer: ServeTransfer | undefined;

  constructor(
    clock: Clock,
    mistakes: Mistakes,
    responder: Responder,
    updates: UpdateDesk,
    serveTransfer: ServeTransfer | undefined,
  ) {
    this.clock = clock;
    this.mistakes = mistakes;
    this.#responder = responder;
    this.#updates = updates;
    this.#serveTransfer = serveTransfer;
  }

  respond(request: Uint8Array, facts: RequestFacts): Reaction {
    return this.#responder.respond(request, facts);
  }

  /** @returns the answer; it never rejects */
  update(received: ReceivedUpdate, request: Uint8Array): Uint8Array | Promise<Uint8Array> {
    return this.#updates.receive(received, request);
  }

  async transfer(
    { form, type, zone }: Extract<Reaction, { kind: 'transfer' }>,
    clientAddress: string,
    channel: TransferChannel,
  ): Promise<void> {
    if (this.#serveTransfer !== undefined) {
      await this.#serveTransfer({ form, type, zone, clientAddress }, channel);
      return;
    }
    await channel.send(renderAnswer(form, bareContent(Rcode.REFUSED), this.clock.unixSeconds()));
  }
}
