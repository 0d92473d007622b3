/**
 * The plain version of what a request for the nearest vehicles asks: a character at a time.
 */

/** What is asked for, or the parameter that is refused. */
export type PlainQuery = Readonly<Record<string, number>> | string

/** A query string to its parameters, in order, as a form is sent. */
export function plainParameters(query: string): readonly (readonly [string, string])[] {
  const text = query.startsWith('?') ? query.slice(1) : query
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=')
      const [name, value] =
        equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)]
      return [plainText(name), plainText(value)]
    })
}

/** A plus is a blank; a percent sign with two digits is a byte, any other one is itself. */
function plainText(sent: string): string {
  const bytes: number[] = []
  const given = Buffer.from(sent)
  for (let at = 0; at < given.length; at += 1) {
    const character = String.fromCharCode(given[at] ?? 0)
    const digits = given.toString('latin1', at + 1, at + 3)
    if (character === '%' && /^[0-9a-f]{2}$/i.test(digits)) {
      bytes.push(Number.parseInt(digits, 16))
      at += 2
    } else bytes.push(character === '+' ? 0x20 : (given[at] ?? 0))
  }
  return Buffer.from(bytes).toString('utf8')
}

const isDigits = (text: string): boolean =>
  text !== '' && [...text].every((character) => '0123456789'.includes(character))

/** Digits without a zero in front, or zero. */
const isCount = (text: string): boolean => isDigits(text) && (text === '0' || text[0] !== '0')

/** A number as JSON writes it; undefined for any other text. */
export function plainNumber(text: string): number | undefined {
  try {
    const number: unknown = /[\s"[{a-df-z]/i.test(text) ? undefined : JSON.parse(text)
    return typeof number === 'number' ? number : undefined
  } catch {
    return undefined
  }
}

const LIMITS: Readonly<Record<string, (number: number) => boolean>> = {
  lat: (number) => Math.abs(number) <= 90,
  lon: (number) => Math.abs(number) <= 180,
  limit: (number) => number >= 1 && number <= 100,
  radius: (number) => number > 0 && number <= 20_100_000,
  maxAge: (number) => number > 0 && number <= 315_360_000,
}

/** True for a name in any case; all of them are of letters from a to z. */
const isNamed = (given: string, name: string): boolean =>
  /^[a-z]+$/i.test(given) && given.toLowerCase() === name.toLowerCase()

export function plainQuery(query: string): PlainQuery {
  const parameters = plainParameters(query)
  const found: Record<string, number> = { limit: 10 }
  for (const [name, fits] of Object.entries(LIMITS)) {
    const texts = parameters.filter(([given]) => isNamed(given, name)).map(([, text]) => text)
    if (texts.length === 0 && name !== 'lat' && name !== 'lon') continue
    const [text = ''] = texts
    const number = plainNumber(text)
    if (texts.length !== 1 || number === undefined || !fits(number)) return name
    if (name === 'limit' && !isCount(text)) return name
    // An age is asked for in seconds and compared in milliseconds.
    found[name] = name === 'maxAge' ? number * 1_000 : number
  }
  return found
}
