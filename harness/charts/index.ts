export { linesFigure } from './lines.ts'
export { chartPage } from './page.ts'
export { pairsFigure, ratiosFigure } from './pairs.ts'
export { percentileFigure } from './percentiles.ts'
