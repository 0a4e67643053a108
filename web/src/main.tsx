import "@/shell/base.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";
import { makeQueryClient } from "@/api/hooks";
import { router } from "@/routes";
import { Dressed } from "@/shell/Dressed";

createRoot(document.getElementById("root")!).render(
  <QueryClientProvider client={makeQueryClient()}>
    <Dressed>
      <RouterProvider router={router} />
    </Dressed>
  </QueryClientProvider>,
);
