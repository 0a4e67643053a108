import { createBrowserRouter, type RouteObject } from "react-router";
import { Console } from "@/shell/Console";
import { Crash, NotFound } from "@/shell/Crash";
import { Portal } from "@/shell/Portal";

type Page = { default: () => React.JSX.Element };

/** A page in a chunk of its own, loaded when it is first opened. */
const page = (path: string, load: () => Promise<Page>): RouteObject => ({
  path,
  lazy: async () => ({ Component: (await load()).default }),
  errorElement: <Crash />,
  hydrateFallbackElement: <div />,
});

export const router = createBrowserRouter([
  {
    element: <Portal />,
    errorElement: <Crash />,
    hydrateFallbackElement: <div />,
    children: [
      page("/", () => import("@/pages/portal/Home")),
      page("/open", () => import("@/pages/portal/OpenList")),
      page("/open/:id", () => import("@/pages/portal/OpenResource")),
      page("/notices", () => import("@/pages/portal/Notices")),
      page("/providers", () => import("@/pages/provider/Providers")),
      page("/notices/:id", () => import("@/pages/portal/NoticeFile")),
      page("/law", () => import("@/pages/law/PublicLaw")),
      page("/law/:pack", () => import("@/pages/law/PublicLaw")),
      page("/docs", () => import("@/pages/portal/Docs")),
    ],
  },
  page("/signin", () => import("@/pages/signin/SignIn")),
  page("/register", () => import("@/pages/admission/Register")),
  page("/phone/admission/:code", () => import("@/pages/admission/AdmissionPhone")),
  {
    element: <Console />,
    errorElement: <Crash />,
    hydrateFallbackElement: <div />,
    children: [
      page("/desk", () => import("@/pages/desk/Desk")),
      page("/catalog", () => import("@/pages/catalog/CatalogList")),
      page("/catalog/new", () => import("@/pages/catalog/CatalogNew")),
      page("/catalog/:id", () => import("@/pages/catalog/CatalogFile")),
      page("/catalog/:id/edit", () => import("@/pages/catalog/CatalogNew")),
      page("/collect", () => import("@/pages/collect/CollectList")),
      page("/collect/:id", () => import("@/pages/collect/CollectFile")),
      page("/admissions", () => import("@/pages/admission/AdmissionList")),
      page("/admissions/new", () => import("@/pages/admission/AdmissionNew")),
      page("/admissions/:id", () => import("@/pages/admission/AdmissionFile")),
      page("/scenarios", () => import("@/pages/scenario/ScenarioList")),
      page("/scenarios/new", () => import("@/pages/scenario/ScenarioNew")),
      page("/scenarios/:id", () => import("@/pages/scenario/ScenarioFile")),
      page("/matters", () => import("@/pages/matter/MatterList")),
      page("/matters/:id", () => import("@/pages/matter/MatterFile")),
      page("/matters/:id/print", () => import("@/pages/matter/MatterPrint")),
      page("/lab", () => import("@/pages/lab/LabList")),
      page("/lab/:id", () => import("@/pages/lab/Workbench")),
      page("/models", () => import("@/pages/model/ModelList")),
      page("/models/:id", () => import("@/pages/model/ModelFile")),
      page("/expert", () => import("@/pages/expert/ExpertDesk")),
      page("/releases", () => import("@/pages/release/ReleaseList")),
      page("/releases/:id", () => import("@/pages/release/ReleaseFile")),
      page("/grants", () => import("@/pages/grant/GrantList")),
      page("/grants/:id", () => import("@/pages/grant/GrantFile")),
      page("/agreements/:id", () => import("@/pages/grant/AgreementFile")),
      page("/authorizations", () => import("@/pages/authorization/AuthorizationList")),
      page("/authorizations/new", () => import("@/pages/authorization/AuthorizationNew")),
      page("/authorizations/:id", () => import("@/pages/authorization/AuthorizationFile")),
      page("/organizations", () => import("@/pages/org/OrgList")),
      page("/organizations/:id", () => import("@/pages/org/OrgFile")),
      page("/watch", () => import("@/pages/watch/WatchList")),
      page("/watch/orders/:id", () => import("@/pages/watch/OrderFile")),
      page("/watch/exits/:id", () => import("@/pages/watch/ExitFile")),
      page("/watch/reports/:id", () => import("@/pages/watch/ReportFile")),
      page("/watch/complaints/:id", () => import("@/pages/watch/ComplaintFile")),
      page("/training", () => import("@/pages/training/Training")),
      page("/registers", () => import("@/pages/register/Registers")),
      page("/calls", () => import("@/pages/call/Calls")),
      page("/publishing", () => import("@/pages/notice/NoticeDesk")),
      page("/ledger", () => import("@/pages/ledger/LedgerList")),
      page("/ledger/:seq", () => import("@/pages/ledger/LedgerEntry")),
      page("/rules", () => import("@/pages/law/Rules")),
      page("/rules/:pack", () => import("@/pages/law/Rules")),
      page("/my", () => import("@/pages/my/MyData")),
    ],
  },
  { path: "*", element: <NotFound /> },
]);
