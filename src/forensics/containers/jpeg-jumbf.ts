import type { ContainerBuilder } from './builder';
import { concat, u16be, u32be } from './bytes';
import { MAX_C2PA_BYTES } from './limits';

/** `JP`, box instance number (2), packet sequence number (4). */
const PACKET_HEADER = 8;

interface Run {
  readonly instance: number;
  readonly parts: Uint8Array[];
  next: number;
}

/**
 * Joins JUMBF superboxes that APP11 segments carry in packets (ISO 19566-5, annex D): every packet
 * repeats the box header (LBox, TBox, and XLBox where LBox is 1), and packets count from 1.
 */
export class JumbfPackets {
  private readonly runs: Run[] = [];
  private bytes = 0;

  take(payload: Uint8Array, builder: ContainerBuilder): void {
    if (payload.length < PACKET_HEADER + 8) {
      builder.problem('JUMBF packet too short');
      return;
    }
    const instance = u16be(payload, 2);
    const sequence = u32be(payload, 4);
    const box = payload.subarray(PACKET_HEADER);
    this.bytes += box.length;
    if (this.bytes > MAX_C2PA_BYTES) {
      builder.problem('JUMBF packets over the cap');
      return;
    }
    const open = this.runs.findLast((run) => run.instance === instance);
    if (sequence === 1 || (!open && sequence === 0)) {
      this.runs.push({ instance, parts: [box], next: sequence + 1 });
    } else if (open && sequence === open.next) {
      const header = u32be(box, 0) === 1 ? 16 : 8;
      open.parts.push(box.subarray(header));
      open.next++;
    } else {
      builder.problem(`JUMBF packet ${sequence} out of order`);
    }
  }

  finish(builder: ContainerBuilder): void {
    for (const run of this.runs) builder.setC2pa(concat(run.parts), 'APP11');
  }
}
