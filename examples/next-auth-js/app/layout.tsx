import type { ReactNode } from "react";
import "./style.css";

export const metadata = { title: "Auth.js and FastAPI, one session" };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <main>
          <h1>{metadata.title}</h1>
          {children}
        </main>
      </body>
    </html>
  );
}
