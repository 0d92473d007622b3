/**
 * emergency/record: an emergency as it lies on disk.
 *
 * Pure. JSON with a number of its version in front, so that people can read it and a later
 * program can tell the old from the new. The key is the key of the record and not in it.
 * Limit: `TOLD_LENGTH_MAX` of what the service said is kept.
 */

import { isLatitude, isLongitude } from '#traffic/packet/position'
import type { Emergency } from './emergency.js'

/** Characters kept of what a service said. */
export const TOLD_LENGTH_MAX = 200

const VERSION = 1

export type EmergencyState =
  | { readonly kind: 'waiting' }
  /** Kept until its window is over, so that a repeat is known after a restart. */
  | { readonly kind: 'delivered' }
  /** Kept to be looked at. */
  | { readonly kind: 'refused'; readonly status: number; readonly told: string }

export interface EmergencyRecord {
  readonly emergency: Emergency
  readonly state: EmergencyState
}

/** The text without what a terminal or a page could take amiss, and cut. */
export function tidyTold(told: string): string {
  return told
    .slice(0, TOLD_LENGTH_MAX)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
}

export function encodeRecord({ emergency, state }: EmergencyRecord): Buffer {
  const { id, latitude, longitude, receivedAtMs } = emergency
  return Buffer.from(
    JSON.stringify({ version: VERSION, id, latitude, longitude, receivedAtMs, ...state }),
  )
}

/** What these bytes say; undefined when they are not of this program. */
export function decodeRecord(key: string, body: Uint8Array): EmergencyRecord | undefined {
  const fields = fieldsOf(body)
  if (fields === undefined || fields['version'] !== VERSION) return undefined
  const { id, latitude, longitude, receivedAtMs } = fields
  if (typeof id !== 'string') return undefined
  if (typeof latitude !== 'number' || !isLatitude(latitude)) return undefined
  if (typeof longitude !== 'number' || !isLongitude(longitude)) return undefined
  // JSON has numbers that are too large for one.
  if (typeof receivedAtMs !== 'number' || !Number.isFinite(receivedAtMs)) return undefined
  const state = stateOf(fields)
  if (state === undefined) return undefined
  return { emergency: Object.freeze({ key, id, latitude, longitude, receivedAtMs }), state }
}

type Fields = Readonly<
  Partial<
    Record<
      'version' | 'id' | 'latitude' | 'longitude' | 'receivedAtMs' | 'kind' | 'status' | 'told',
      unknown
    >
  >
>

function fieldsOf(body: Uint8Array): Fields | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function stateOf({ kind, status, told }: Fields): EmergencyState | undefined {
  if (kind === 'waiting' || kind === 'delivered') return { kind }
  if (kind !== 'refused' || typeof told !== 'string') return undefined
  return typeof status === 'number' && Number.isFinite(status) ? { kind, status, told } : undefined
}
