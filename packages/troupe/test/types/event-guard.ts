/** A publication has the type of its event once `isEventOf` has said which it is. */
import { expectTypeOf } from 'expect-type'
import { type EventMessage, eventName, isEventOf } from 'troupe'

const prices = eventName<{ readonly cents: number }>('prices')

export function read(publication: EventMessage): number {
  expectTypeOf(publication.message).toEqualTypeOf<unknown>()
  if (!isEventOf(publication, prices)) return 0
  expectTypeOf(publication.message).toEqualTypeOf<{ readonly cents: number }>()
  return publication.message.cents
}
