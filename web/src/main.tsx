import { createRoot } from "react-dom/client";

createRoot(document.getElementById("root")!).render(<h1>域内</h1>);
