/**
 * contract/redaction: which fields hold secrets, told by their names.
 *
 * A sink that prints shows `[redacted]` in their place, at any depth, and what is wrong with an
 * item of the configuration is told without its value. Nobody can know a secret that is part of a
 * message or of a field with a harmless name.
 *
 * @source OWASP "Logging Cheat Sheet: data to exclude"
 */

/** Words that mark a field as secret, wherever they occur in its name. */
export const REDACTED_WORDS: readonly string[] = Object.freeze([
  'apikey',
  'authorization',
  'cookie',
  'credential',
  'passphrase',
  'password',
  'passwd',
  'privatekey',
  'secret',
  'token',
])

/** What is shown instead of a secret. */
export const REDACTED = '[redacted]'

/** Answers whether the field of this name is to be hidden. */
export type IsSecret = (name: string) => boolean

/** Case and separators do not matter: `apiKey`, `API_KEY` and `x-api-key` are the same word. */
const plainName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/**
 * Makes the test for a list of words.
 *
 * @example secretNames(['password'])('userPassword') // true
 */
export function secretNames(words: readonly string[] = REDACTED_WORDS): IsSecret {
  const plain = words.map(plainName).filter((word) => word !== '')
  // Names repeat with every record; the answer is kept for as many as a program plausibly uses.
  const known = new Map<string, boolean>()
  return (name) => {
    let secret = known.get(name)
    if (secret !== undefined) return secret
    const asked = plainName(name)
    secret = plain.some((word) => asked.includes(word))
    if (known.size < KNOWN_NAMES_MAX) known.set(name, secret)
    return secret
  }
}

const KNOWN_NAMES_MAX = 1_000
