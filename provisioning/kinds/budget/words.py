"""What a declaration calls things, beside what AWS Budgets calls them. Both spellings compare exactly."""

TYPES = {
    "cost": "COST",
    "usage": "USAGE",
    "ri_utilization": "RI_UTILIZATION",
    "ri_coverage": "RI_COVERAGE",
    "savings_plans_utilization": "SAVINGS_PLANS_UTILIZATION",
    "savings_plans_coverage": "SAVINGS_PLANS_COVERAGE",
}
PERIODS = {"daily": "DAILY", "monthly": "MONTHLY", "quarterly": "QUARTERLY", "annually": "ANNUALLY"}
WHEN = {"actual": "ACTUAL", "forecasted": "FORECASTED"}
OPERATORS = {"above": "GREATER_THAN", "below": "LESS_THAN", "equals": "EQUAL_TO"}
UNITS = {"percent": "PERCENTAGE", "absolute": "ABSOLUTE_VALUE"}
ADDRESSES = {"email": "EMAIL", "sns": "SNS"}
FILTERS = {
    "service": "Service",
    "linked_account": "LinkedAccount",
    "region": "Region",
    "availability_zone": "AZ",
    "instance_type": "InstanceType",
    "operation": "Operation",
    "purchase_type": "PurchaseType",
    "usage_type": "UsageType",
    "usage_type_group": "UsageTypeGroup",
    "billing_entity": "BillingEntity",
    "invoicing_entity": "InvoicingEntity",
    "legal_entity": "LegalEntityName",
    "cost_category": "CostCategory",
    "tag": "TagKeyValue",
}
COST_TYPES = {
    "include_tax": "IncludeTax",
    "include_subscription": "IncludeSubscription",
    "include_refund": "IncludeRefund",
    "include_credit": "IncludeCredit",
    "include_upfront": "IncludeUpfront",
    "include_recurring": "IncludeRecurring",
    "include_other_subscription": "IncludeOtherSubscription",
    "include_support": "IncludeSupport",
    "include_discount": "IncludeDiscount",
    "use_blended": "UseBlended",
    "use_amortized": "UseAmortized",
}


def ours(words: dict[str, str], aws: str) -> str:
    """Our word for a word of AWS; one we don't know stays as AWS spells it, so that it shows as a difference."""
    unknown = f"AWS {aws}" if aws in words else aws
    return next((word for word, theirs in words.items() if theirs == aws), unknown)
