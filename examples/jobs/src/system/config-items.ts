/**
 * system/config-items: what an item of the configuration must be, and how it is told when it is
 * not.
 */
import type { StandardSchema } from 'troupe'

/** A value of the configuration, or what stands for it; what is refused is told and ignored. */
export function itemSchema<T>(
  usual: T,
  fits: (value: unknown) => boolean,
  told: string,
): StandardSchema<T> {
  return {
    '~standard': {
      version: 1,
      vendor: 'jobs',
      validate: (value) => {
        if (value === undefined) return { value: usual }
        if (fits(value)) return { value: value as T }
        return { issues: [{ message: `${told}; it is ${shown(value)}` }] }
      },
    },
  }
}

/** A whole number, which etcd and strings of files write as `int:N`. */
export const wholeItem = <T extends number | undefined>(
  usual: T,
  least: number,
  most: number,
): StandardSchema<T> =>
  itemSchema<T>(
    usual,
    (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
    `must be a whole number from ${least} to ${most}, written as int:N`,
  )

const SHOWN_LENGTH = 40

const shown = (value: unknown): string =>
  typeof value === 'string'
    ? `the text ${JSON.stringify(value.slice(0, SHOWN_LENGTH))}`
    : `the ${typeof value} ${String(value).slice(0, SHOWN_LENGTH)}`
