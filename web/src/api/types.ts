// The shapes of the API under the names that pages use. They are the server's own, generated from its description.
import type { components } from "./__generated__/schema";

type Schemas = components["schemas"];

/** The roles of access control. */
export type Role =
  | "data-bureau"
  | "platform-operator"
  | "data-provider"
  | "data-user"
  | "applicant-org"
  | "expert"
  | "info-subject"
  | "auditor"
  | "authorizing-department"
  | "authorized-operator"
  | "coordination-mechanism"
  | "government"
  | "upper-authority"
  | "local-data-bureau"
  | "third-party-provider"
  | "external-assessor"
  | "buyer"
  | "mechanism-member"
  | "platform-owner"
  | "regulator";

export type Me = Schemas["Me"];

export type Option = Schemas["ActOption"];
export type DeadlineOf = Schemas["WorkdayDeadline"];
export type PackInfo = Schemas["RegimePackInfo"];
export type RegimeView = Schemas["RegimeView"];
export type Article = Schemas["RegimeArticle"];
export type Shift = Schemas["MatterShift"];
export type Differing = Schemas["MatterDiffering"];
export type Within = Schemas["RegimeWithin"];
export type NamedThing = Schemas["RegimeNamedThing"];
export type Spot = Schemas["ConsentSpot"];
export type Explanation = Schemas["RegimeExplanation"];
export type ProcedureOf = Schemas["RegimeProcedure"];
export type LawValue = Schemas["RegimeValue"];
export type MatrixRow = Schemas["RegimeMatrixRow"];
export type CoverageReport = Schemas["RegimeCoverageReport"];
export type Gap = Schemas["PartyGap"];
export type Inspection = Schemas["WatchInspection"];
export type InspectionPage = Schemas["WatchInspectionPage"];
export type Remark = Schemas["WatchRemark"];
export type Drawn = Schemas["WatchDrawn"];
export type Connection = Schemas["ConnectItem"];
export type OperationChannel = Schemas["ConnectChannel"];
export type ModelDesk = Schemas["LabDesk"];
export type ModelSibling = Schemas["LabSibling"];
export type Expert = Schemas["PartyExpert"];
export type Task = Schemas["TaskItem"];
export type Message = Schemas["MessageItem"];
export type Decided = Schemas["Decided"];
export type MatterFileOf = Schemas["MatterFile"];
export type Difference = Schemas["MatterDifference"];
export type Publicity = Schemas["PublicityItem"];
export type MatterItem = Schemas["MatterItem"];
export type Outsider = Schemas["Outsider"];
export type MatterDocument = Schemas["MatterDocument"];
export type Opinion = Schemas["MatterOpinion"];
export type MatterStep = Schemas["MatterStep"];
export type Clock = Schemas["MatterClock"];
export type Matter = Schemas["Matter"];
export type MatterPage = Schemas["MatterPage"];
export type Grade = Schemas["QueryGrade"];
export type Channel = Schemas["CatalogChannel"];
export type CatalogField = Schemas["CatalogField"];
export type StandardVersion = Schemas["StandardListed"];
export type Deviation = Schemas["StandardDeviation"];
export type SpecialItem = Schemas["CatalogSpecialItem"];
export type Openness = Schemas["RegimeOpenness"];
export type Peer = Schemas["LinkPeerPage"];
export type LetterOut = Schemas["LinkOutgoing"];
export type Template = Schemas["PartyTemplate"];
export type TemplatePage = Schemas["PartyTemplatePage"];
export type Candidate = Schemas["GrantCandidate"];
export type LetterIn = Schemas["LinkIncoming"];
export type Entry = Schemas["CatalogEntry"];
export type EntryItem = Schemas["EntryItem"];
export type EntryPage = Schemas["EntryPage"];
export type EntryBody = Schemas["EntryBody"];
export type Need = Schemas["GrantNeed"];
export type Plan = Schemas["GrantPlan"];
export type Scenario = Schemas["GrantScenario"];
export type ScenarioPage = Schemas["GrantScenarioPage"];
export type DeclaredModel = Schemas["GrantModel"];
export type Declaration = Schemas["GrantDeclaration"];
export type Agreement = Schemas["GrantAgreement"];
export type AgreementPage = Schemas["GrantAgreementPage"];
export type Terms = Schemas["GrantTerms"];
export type Authorization = Schemas["GrantAuthorization"];
export type Filing = Schemas["GrantFiling"];
export type Seal = Schemas["GrantSeal"];
export type Grant = Schemas["Grant"];
export type GrantPage = Schemas["GrantPage"];
export type Organization = Schemas["PartyOrganization"];
export type Designation = Schemas["PartyDesignated"];
export type Renewal = Schemas["GrantRenewal"];
export type Voice = Schemas["MatterVoice"];
export type PendingEvaluation = Schemas["WatchPending"];
export type Duty = Schemas["WatchDuty"];
export type Account = Schemas["AccessAccount"];
export type Staff = Schemas["PartyStaff"];
export type Sheet = Schemas["PartySheet"];
export type Training = Schemas["PartyTraining"];
export type Provider = Schemas["PartyProvider"];
export type ProviderPage = Schemas["PartyProviderPage"];
export type ProviderComplaint = Schemas["PartyComplaint"];
export type Commission = Schemas["PartyCommission"];
export type Qualification = Schemas["PartyQualification"];
export type Admission = Schemas["PartyAdmission"];
export type AdmissionPage = Schemas["AdmissionPage"];
export type AdmissionCode = Schemas["AdmissionCode"];
export type Phone = Schemas["PartyPhone"];
export type Pledge = Schemas["PartyPledge"];
export type Snapshot = Schemas["CollectSnapshot"];
export type ConsentItem = Schemas["ConsentItem"];
export type ConsentPage = Schemas["ConsentPage"];
export type Seen = Schemas["ServeSeen"];
export type SignedDocument = Schemas["ConsentSigned"];
export type Deployment = Schemas["ServeDeployment"];
export type ServiceMonth = Schemas["ServeMonth"];
export type TestKey = Schemas["ServeTestKeyItem"];
export type Answer = Schemas["ServeAnswer"];
export type OpenItem = Schemas["OpenItem"];
export type Series = Schemas["Series"];
export type Notice = Schemas["Notice"];
export type LedgerItem = Schemas["LedgerItem"];
export type ReceiptDocument = Schemas["ProofReceipt"];
export type LedgerFault = Schemas["LedgerProblem"];
export type SigningKey = Schemas["AccessSigningKey"];
export type PolicyTable = Schemas["QueryTable"];
export type TableColumn = Schemas["QueryColumn"];
export type BudgetLine = Schemas["LabBudgetLine"];
export type DisclosureAccount = Schemas["LabDisclosure"];
export type DisclosureLine = Schemas["LabDisclosureLine"];
export type ModelUse = Schemas["WatchModelUse"];
export type DecisionOf = Schemas["TraceDecision"];
export type TraceStep = Schemas["TraceStep"];
export type LabModel = Schemas["LabModel"];
export type ModelVersion = Schemas["LabVersion"];
export type VersionItem = Schemas["LabVersionItem"];
export type VersionPage = Schemas["LabVersionPage"];
export type Run = Schemas["LabRun"];
export type Space = Schemas["LabSpace"];
export type SpaceRecord = Schemas["LabSpaceRecord"];
export type SpaceSeat = Schemas["LabSeatView"];
export type SpaceSupply = Schemas["LabSupply"];
export type DataApplicationPage = Schemas["AppliedPage"];
export type DataPart = Schemas["SupplyPartView"];
export type Demand = Schemas["SupplyDemand"];
export type SpacePage = Schemas["LabSpacePage"];
export type Checked = Schemas["LabChecked"];
export type StepReport = Schemas["StepReport"];
export type Trial = Schemas["LabTrial"];
export type Sample = Schemas["LabSample"];
export type SampleLevel = Schemas["LabSampleLevel"];
export type SampleRequest = Schemas["LabSampleRequest"];
export type SampleFigures = Schemas["SynthFigures"];
export type ReleasedTable = Schemas["ReleaseTable"];
export type TableField = Schemas["ReleaseField"];
export type ValueOf = Schemas["QueryValue"];
export type Release = Schemas["OutputRelease"];
export type ReleasePage = Schemas["OutputPage"];
export type ReleaseCheck = Schemas["OutputCheck"];
export type ExactEvidence = Schemas["OutputExact"];
export type ExactCell = Schemas["OutputCellView"];
export type StatisticsPermit = Schemas["StatisticsPermit"];

/** What the guard found about a model. */
export type Check = Schemas["GuardCheck"];
export type Review = Schemas["GuardReview"];
