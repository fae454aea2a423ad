/**
 * Keeps the page up to date: asks for the same address every second and replaces the main part when it has changed. Waits while somebody is
 * about to kill something, so that the button does not move. As text, because it needs no build: the page is in every node (RT-76).
 */
export const refreshScript = `
const everyMs = 1000
const lost = document.querySelector('.lost')

const isBusy = () => document.hidden || document.querySelector('details[open]') !== null

function focusPath() {
  const { activeElement } = document
  return activeElement?.closest('main') ? activeElement.getAttribute('href') ?? activeElement.getAttribute('aria-label') : null
}

function focusAgain(mark) {
  if (mark === null) return
  const quoted = CSS.escape(mark)
  document.querySelector('main [href="' + quoted + '"], main [aria-label="' + quoted + '"]')?.focus({ preventScroll: true })
}

async function refresh() {
  const answer = await fetch(location.href, { signal: AbortSignal.timeout(5000) })
  if (!answer.ok) throw new Error(String(answer.status))
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('#main')
  if (fresh === null) return location.reload()
  const old = document.querySelector('#main')
  if (isBusy() || fresh.innerHTML === old.innerHTML) return
  const mark = focusPath()
  const scrolled = [...old.querySelectorAll('.scroll')].map(({ scrollLeft }) => scrollLeft)
  old.replaceWith(fresh)
  for (const [index, one] of [...fresh.querySelectorAll('.scroll')].entries()) one.scrollLeft = scrolled[index] ?? 0
  focusAgain(mark)
}

async function beat() {
  if (!isBusy()) {
    const isLost = await refresh().then(() => false, () => true)
    lost.hidden = !isLost
  }
  setTimeout(beat, everyMs)
}

setTimeout(beat, everyMs)
`
