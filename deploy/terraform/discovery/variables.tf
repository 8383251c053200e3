variable "hub_look_role_arn" {
  description = "The look worker's role in the hub account: role_arns.look of the module hub."
  type        = string
}

variable "external_id" {
  description = "The value of FIRSTLINE_EXTERNAL_ID, random and your own."
  type        = string
  sensitive   = true

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@:_-]{16,128}$", var.external_id))
    error_message = "external_id needs 16 to 128 letters, digits and + = , . @ : _ - only."
  }
}

variable "organization_id" {
  description = "Your AWS organisation; only identities inside it can enter."
  type        = string

  validation {
    condition     = can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "organization_id looks like o-a1b2c3d4e5."
  }
}

variable "role_path" {
  description = "The path of the roles and their policies; nothing else may lie below it, and Firstline never touches it."
  type        = string
  default     = "/firstline/"

  validation {
    condition     = can(regex("^/([A-Za-z0-9_.-]+/)+$", var.role_path)) && length(var.role_path) <= 64
    error_message = "role_path begins and ends with a slash and is no bare one, such as /firstline/."
  }
}
