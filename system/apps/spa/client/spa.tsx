import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { App } from './app.tsx'
import './spa.css'

/** The script of all pages below `/spa` (RX-1). */
createRoot(document.getElementById('root')!).render(
  <BrowserRouter basename="/spa">
    <App />
  </BrowserRouter>,
)
