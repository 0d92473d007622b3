/**
 * view/zombies-view: handlers that go on though their processes were killed.
 */
import { fieldsOf, listOf, numberOf, textOf } from '#connect/reading'
import { safeText } from '#terminal/safe-text'
import { tableLines } from '#terminal/table'
import { duration } from '#terminal/units'
import type { Layout } from './layout.js'

/** A node tells so many; one that tells more is not believed. */
const SHOWN_MAX = 20

/** The lines of `troupe figures` that name the zombies; none when there are none. */
export function zombieLines(told: unknown, { paint, width }: Layout): readonly string[] {
  const rows = listOf(told)
    .slice(0, SHOWN_MAX)
    .map((one) => {
      const zombie = fieldsOf(one)
      const time = (name: string): string => duration(numberOf(zombie[name], -1))
      return [
        String(numberOf(fieldsOf(zombie['pid'])['id'], -1)),
        safeText(textOf(zombie['name'], '-'), 200),
        safeText(textOf(zombie['behaviour'], '-'), 200),
        safeText(textOf(zombie['message'], '-'), 200),
        time('handlingMs'),
        time('endedForMs'),
      ]
    })
  if (rows.length === 0) return []
  const right = (title: string) => ({ title, side: 'right' as const })
  const columns = [
    { ...right('ZOMBIE'), widthMin: 6 },
    { title: 'NAME', widthMin: 8 },
    { title: 'BEHAVIOUR', widthMin: 8, dispensable: 1 },
    { title: 'HANDLES', widthMin: 8 },
    right('FOR'),
    right('KILLED AGO'),
  ]
  return ['', ...tableLines({ columns, rows, width, paint })]
}
