/** Messages of a foul node, for the regressions of issue 4. */
import { KIND, ROUTE } from '#network/peer/kinds'
import { data, FoulWriter } from '#test/unit/network/peer/foul'

/** SEND of `message` without a payload to a name. */
export const sendTo = (name: string, message: string): Buffer =>
  data(
    new FoulWriter().message(KIND.send, (encoder) => {
      encoder.byte(ROUTE.name)
      encoder.name(name)
      encoder.name(message)
      encoder.value(undefined)
    }),
  )
