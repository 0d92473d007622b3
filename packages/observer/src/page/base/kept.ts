/**
 * page/base/kept: choices of the viewer that outlive the page. Without storage they last as long
 * as the page does.
 */
import { type Signal, signal } from '@preact/signals'

const PREFIX = 'troupe-observer.'

/** A choice out of a list; what was kept and is not in the list any more is forgotten. */
export function keptChoice<T extends string>(
  key: string,
  choices: readonly T[],
  fallback: T,
): Signal<T> {
  const found = choices.find((choice) => choice === read(key))
  const choice = signal<T>(found ?? fallback)
  choice.subscribe((value) => write(key, value))
  return choice
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key)
  } catch {
    return null
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + key, value)
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
