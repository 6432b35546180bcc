import type { CameraFingerprint } from '../forensics/sensor/camera';

/** A camera that the person taught the extension, as stored. Its photographs are not kept. */
export interface Camera extends CameraFingerprint {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** A camera for lists, without its pattern. */
export type CameraEntry = Omit<Camera, 'pattern'>;

/** What becomes of a chosen photograph. */
export type PhotoOutcome = 'used' | 'unreadable' | 'other-size' | 'too-small';

export interface EnrolProgress {
  /** Photographs looked at, and of how many. */
  readonly done: number;
  readonly total: number;
}

export interface Enrolment {
  readonly fingerprint: Omit<CameraFingerprint, 'name'>;
  /** How many photographs came to what. */
  readonly outcomes: Readonly<Record<PhotoOutcome, number>>;
}
